// Every rule, one line each, named for the failing state. To add one: write its file, add its line, write its test.
export { cloudSqlSocketFailing as 'cloud-sql-socket-failing' } from './cloud-sql-socket-failing.ts';
export { connectionPoolExhausted as 'connection-pool-exhausted' } from './connection-pool-exhausted.ts';
export { connectorSaturated as 'connector-saturated' } from './connector-saturated.ts';
export { databaseConnectionsExhausted as 'database-connections-exhausted' } from './database-connections-exhausted.ts';
export { databaseDown as 'database-down' } from './database-down.ts';
export { databaseSlow as 'database-slow' } from './database-slow.ts';
export { instanceCeilingReached as 'instance-ceiling-reached' } from './instance-ceiling-reached.ts';
export { memoryExhausted as 'memory-exhausted' } from './memory-exhausted.ts';
export { redisDown as 'redis-down' } from './redis-down.ts';
export { redisFull as 'redis-full' } from './redis-full.ts';
export { releaseBroken as 'release-broken' } from './release-broken.ts';
