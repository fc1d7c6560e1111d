// Uses a world that kedge serves through the official MCP client and prints what happened.
// usage: world_session.mjs stdio COMMAND ARG... | http URL, with CALLS in the environment: a JSON
// list of [tool, arguments].
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const [kind, ...rest] = process.argv.slice(2);
const transport = kind === 'stdio'
  ? new StdioClientTransport({ command: rest[0], args: rest.slice(1), stderr: 'inherit' })
  : new StreamableHTTPClientTransport(new URL(rest[0]));
const client = new Client({ name: 'official', version: '1' }, { capabilities: {} });
await client.connect(transport);
const out = { server: client.getServerVersion(), instructions: client.getInstructions(), results: [] };
out.tools = (await client.listTools()).tools;
for (const [name, args] of JSON.parse(process.env.CALLS)) {
  try {
    out.results.push(await client.callTool({ name, arguments: args }));
  } catch (error) {
    out.results.push({ code: error.code });
  }
}
if (kind === 'http') await transport.terminateSession();
await client.close();
console.log(JSON.stringify(out));
