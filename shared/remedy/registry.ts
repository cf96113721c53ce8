// Every action, one line each, named for the change. To add one: write its file, add its line, write its test.
export { restartService as 'restart-service' } from './restart-service.ts';
export { scaleConnector as 'scale-connector' } from './scale-connector.ts';
export { shiftTraffic as 'shift-traffic' } from './shift-traffic.ts';
