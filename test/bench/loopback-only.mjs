// Loaded before functions-framework, which by itself listens on every interface (`listen(port)` without a host) and tells nobody on which port.
// Plain JavaScript: the bare framework must not pay for loading TypeScript. It listens once, with a port and a callback.
import { Server } from 'node:net';

const { listen } = Server.prototype;
Server.prototype.listen = function (port, ...rest) {
  this.once('listening', () => process.stdout.write(`${JSON.stringify({ port: this.address().port })}\n`));
  return listen.call(this, port, '127.0.0.1', ...rest);
};

// Nothing outlives whoever started it.
process.stdin.resume().once('close', () => process.exit());
process.stdin.unref();
