/** One page, and where the next begins. */
export interface Page {
  readonly items: readonly unknown[];
  /** undefined: this was the last. */
  readonly nextPageToken: string | undefined;
}

/** Pages until the last, `itemsMax` items or `pagesMax` pages; `more` says that there would have been more. */
export async function readPages(
  limits: { readonly pagesMax: number; readonly itemsMax?: number },
  ask: (pageToken: string | undefined) => Promise<Page>,
): Promise<{ readonly items: readonly unknown[]; readonly more: boolean }> {
  const { pagesMax, itemsMax = Number.POSITIVE_INFINITY } = limits;
  const items: unknown[] = [];
  let pageToken: string | undefined;
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const page = await ask(pageToken);
    items.push(...page.items);
    pageToken = page.nextPageToken;
    if (pageToken === undefined || items.length >= itemsMax) break;
  }
  return { items: items.slice(0, itemsMax), more: pageToken !== undefined || items.length > itemsMax };
}
