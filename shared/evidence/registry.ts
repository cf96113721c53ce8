// Every inspector, one line each. To add one: write its file, add its line, write its test.
export { cloudRun as 'cloud-run' } from './cloud-run.ts';
export { http } from './http.ts';
export { journey } from './journey.ts';
export { logs } from './logs.ts';
export { metrics } from './metrics.ts';
export { platform } from './platform.ts';
export { recurrence } from './recurrence.ts';
export { vpcConnector as 'vpc-connector' } from './vpc-connector.ts';
export { websocket } from './websocket.ts';
