/**
 * What the store holds cannot be read as what it should be: written by a newer release, damaged, or by another hand.
 * Nothing was changed or removed by reading it; it stays as it is until a release that understands it reads it again.
 */
export class StoredDocumentInvalid extends Error {
  override readonly name = 'StoredDocumentInvalid';
  /** `incidents/inc-…`, `cards/inc-…`: where it lies. */
  readonly document: string;
  /** One line a fault: path, what was found or expected. */
  readonly faults: readonly string[];

  constructor(document: string, faults: readonly string[]) {
    super(`${document} cannot be read (it is kept as it is): ${faults.join('; ')}`);
    this.document = document;
    this.faults = faults;
  }
}
