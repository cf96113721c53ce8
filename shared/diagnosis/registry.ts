// Every rule, one line each, named for the failing state. To add one: write its file, add its line, write its test.
export { configurationBroken as 'configuration-broken' } from './configuration-broken.ts';
export { connectorSaturated as 'connector-saturated' } from './connector-saturated.ts';
export { containerPortWrong as 'container-port-wrong' } from './container-port-wrong.ts';
export { crashAfterReady as 'crash-after-ready' } from './crash-after-ready.ts';
export { imageUnavailable as 'image-unavailable' } from './image-unavailable.ts';
export { instanceCeilingReached as 'instance-ceiling-reached' } from './instance-ceiling-reached.ts';
export { memoryExhausted as 'memory-exhausted' } from './memory-exhausted.ts';
export { protocolMismatched as 'protocol-mismatched' } from './protocol-mismatched.ts';
export { releaseBroken as 'release-broken' } from './release-broken.ts';
export { scaledToZero as 'scaled-to-zero' } from './scaled-to-zero.ts';
export { secretUnavailable as 'secret-unavailable' } from './secret-unavailable.ts';
export { startedTooEarly as 'started-too-early' } from './started-too-early.ts';
export { startupSlowerThanProbe as 'startup-slower-than-probe' } from './startup-slower-than-probe.ts';
export { trafficPinned as 'traffic-pinned' } from './traffic-pinned.ts';
