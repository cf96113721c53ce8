// Every rule, one line each, named for the failing state. To add one: write its file, add its line, write its test.
export { billingDisabled as 'billing-disabled' } from './billing-disabled.ts';
export { connectorSaturated as 'connector-saturated' } from './connector-saturated.ts';
export { instanceCeilingReached as 'instance-ceiling-reached' } from './instance-ceiling-reached.ts';
export { memoryExhausted as 'memory-exhausted' } from './memory-exhausted.ts';
export { platformIncident as 'platform-incident' } from './platform-incident.ts';
export { quotaExhausted as 'quota-exhausted' } from './quota-exhausted.ts';
export { releaseBroken as 'release-broken' } from './release-broken.ts';
