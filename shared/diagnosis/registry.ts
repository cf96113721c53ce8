// Every rule, one line each, named for the failing state. To add one: write its file, add its line, write its test.
export { concurrencyMismatched as 'concurrency-mismatched' } from './concurrency-mismatched.ts';
export { connectorSaturated as 'connector-saturated' } from './connector-saturated.ts';
export { cpuStarved as 'cpu-starved' } from './cpu-starved.ts';
export { externalDependencyFailing as 'external-dependency-failing' } from './external-dependency-failing.ts';
export { healthEndpointOverloading as 'health-endpoint-overloading' } from './health-endpoint-overloading.ts';
export { instanceCeilingReached as 'instance-ceiling-reached' } from './instance-ceiling-reached.ts';
export { memoryExhausted as 'memory-exhausted' } from './memory-exhausted.ts';
export { memoryLeaking as 'memory-leaking' } from './memory-leaking.ts';
export { releaseBroken as 'release-broken' } from './release-broken.ts';
export { requestTimeoutExceeded as 'request-timeout-exceeded' } from './request-timeout-exceeded.ts';
export { trafficSurge as 'traffic-surge' } from './traffic-surge.ts';
export { websocketCutByTimeout as 'websocket-cut-by-timeout' } from './websocket-cut-by-timeout.ts';
