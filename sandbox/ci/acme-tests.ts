/** Where acme's end-to-end tests are: a workflow of one repository, and a trigger of Cloud Build that does the same. */
export const acmeTests = {
  repository: 'acme/shop',
  workflow: { id: 81_240_377, file: 'e2e.yml', name: 'End-to-end tests' },
  refs: ['main'],
  commit: '5d1f6c2b0a9e4f7d8c3b2a1908f7e6d5c4b3a291',
  trigger: { id: '0b5c8f1e-6a7d-4c0e-9d3b-2f4a6c8e0d12', name: 'end-to-end' },
} as const;
