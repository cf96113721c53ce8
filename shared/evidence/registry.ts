// Every inspector, one line each. To add one: write its file, add its line, write its test.
export { certificates } from './certificates.ts';
export { cloudRun as 'cloud-run' } from './cloud-run.ts';
export { database } from './database.ts';
export { http } from './http.ts';
export { invokers } from './invokers.ts';
export { journey } from './journey.ts';
export { loadBalancer as 'load-balancer' } from './load-balancer.ts';
export { logs } from './logs.ts';
export { metrics } from './metrics.ts';
export { network } from './network.ts';
export { vpcConnector as 'vpc-connector' } from './vpc-connector.ts';
export { websocket } from './websocket.ts';
