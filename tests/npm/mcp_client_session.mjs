// Drives a server with the official MCP client and prints what happened as one JSON object.
// usage: mcp_client_session.mjs stdio COMMAND ARG... | http URL
// The server offers echo, add, slow, fail, change (tests/rpc/mcp_test_server.cc).
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

const [kind, ...rest] = process.argv.slice(2);
const transport = kind === 'stdio'
  ? new StdioClientTransport({ command: rest[0], args: rest.slice(1), stderr: 'inherit' })
  : new StreamableHTTPClientTransport(new URL(rest[0]));

const client = new Client({ name: 'official', version: '1' }, { capabilities: {} });
const problems = [];
client.onerror = (error) => problems.push(String(error));
let changes = 0;
client.setNotificationHandler(ToolListChangedNotificationSchema, () => { changes += 1; });

async function errorOf(promise) {
  try {
    await promise;
    return null;
  } catch (error) {
    return { code: error.code ?? null, message: error.message };
  }
}

const out = {};
await client.connect(transport);
out.server = client.getServerVersion();
out.capabilities = client.getServerCapabilities();
out.instructions = client.getInstructions();
out.version = transport.protocolVersion ?? null;

out.pages = [];
let cursor;
do {
  const page = await client.listTools(cursor ? { cursor } : {});
  out.pages.push(page.tools.map((tool) => tool.name));
  out.firstTool ??= page.tools[0];
  cursor = page.nextCursor;
} while (cursor);
out.badCursor = await errorOf(client.listTools({ cursor: 'nowhere' }));

const text = 'gr\u00fc\u00df \u{1F680}\n"quoted"';
out.echo = await client.callTool({ name: 'echo', arguments: { text } });
out.echoed = out.echo.content[0].text === text;
out.add = await client.callTool({ name: 'add', arguments: { a: 2, b: 40.5 } });
out.fail = await client.callTool({ name: 'fail', arguments: {} });
out.unknown = await errorOf(client.callTool({ name: 'nonsense', arguments: {} }));
await client.ping();

const progress = [];
out.slow = await client.callTool({ name: 'slow', arguments: { steps: 3, ms: 20 } }, undefined,
  { onprogress: (event) => progress.push([event.progress, event.total]) });
out.progress = progress;

const parallel = await Promise.all(Array.from({ length: 20 },
  (_, i) => client.callTool({ name: 'add', arguments: { a: i, b: 1 } })));
out.parallel = parallel.map((result) => result.structuredContent.sum);

const abort = new AbortController();
const began = Date.now();
const cancelled = errorOf(client.callTool({ name: 'slow', arguments: { steps: 1000, ms: 20 } },
  undefined, { signal: abort.signal }));
setTimeout(() => abort.abort('enough'), 100);
out.cancelled = (await cancelled) !== null;
await client.ping();
out.afterCancel = (await client.callTool({ name: 'add', arguments: { a: 1, b: 1 } })).structuredContent.sum;
out.cancelMillis = Date.now() - began;

await client.callTool({ name: 'change', arguments: {} });
for (let i = 0; i < 100 && changes === 0; ++i) await new Promise((done) => setTimeout(done, 20));
out.changes = changes;

if (kind === 'http') await transport.terminateSession();
await client.close();
out.problems = problems.filter((problem) => !/abort/i.test(problem));
console.log(JSON.stringify(out));
