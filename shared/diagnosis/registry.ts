// Every rule, one line each, named for the failing state. To add one: write its file, add its line, write its test.
export { connectorInError as 'connector-in-error' } from './connector-in-error.ts';
export { connectorMisconfigured as 'connector-misconfigured' } from './connector-misconfigured.ts';
export { connectorSaturated as 'connector-saturated' } from './connector-saturated.ts';
export { directVpcSubnetFull as 'direct-vpc-subnet-full' } from './direct-vpc-subnet-full.ts';
export { egressMisrouted as 'egress-misrouted' } from './egress-misrouted.ts';
export { firewallBlocking as 'firewall-blocking' } from './firewall-blocking.ts';
export { instanceCeilingReached as 'instance-ceiling-reached' } from './instance-ceiling-reached.ts';
export { memoryExhausted as 'memory-exhausted' } from './memory-exhausted.ts';
export { natExhausted as 'nat-exhausted' } from './nat-exhausted.ts';
export { peeringBroken as 'peering-broken' } from './peering-broken.ts';
export { privateDnsBroken as 'private-dns-broken' } from './private-dns-broken.ts';
export { releaseBroken as 'release-broken' } from './release-broken.ts';
