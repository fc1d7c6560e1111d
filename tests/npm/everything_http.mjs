// Runs server-everything over streamable HTTP on a free port of the loopback address only and
// prints its URL; the package itself would listen on all addresses and a fixed port.
import net from 'node:net';

console.log = console.error;
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function listenOnLoopback(_port, ready) {
  return listen.call(this, { port: 0, host: '127.0.0.1' }, () => {
    process.stdout.write(`http://127.0.0.1:${this.address().port}/mcp\n`);
    if (typeof ready === 'function') ready();
  });
};
await import(
  './node_modules/@modelcontextprotocol/server-everything/dist/transports/streamableHttp.js');
