/** Where a backend service is, as gcloud takes it. @param link `global/backendServices/B`, or `regions/R/backendServices/B`. */
export function onBackend(link: string, project: string): string {
  const region = /^regions\/([^/]+)\//.exec(link)?.[1];
  return `${region === undefined ? '--global' : `--region=${region}`} --project=${project}`;
}
