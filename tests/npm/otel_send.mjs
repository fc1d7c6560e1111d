// Sends one agent's episode as spans with the official OpenTelemetry SDK and prints what it sent.
// usage: otel_send.mjs URL json|protobuf gzip|none
import { NodeSDK } from '@opentelemetry/sdk-node';
import { trace, context, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';

const [url, encoding, compression] = process.argv.slice(2);
const Exporter = encoding === 'json' ? JsonExporter : ProtobufExporter;
const exporter = new Exporter({ url: `${url}/v1/traces`, compression, timeoutMillis: 10000 });
const results = [];
const send = exporter.export.bind(exporter);
exporter.export = (spans, done) => send(spans, (result) => {
  results.push({ code: result.code, error: result.error ? String(result.error) : null });
  done(result);
});
const sdk = new NodeSDK({ serviceName: 'support-agent', traceExporter: exporter,
  instrumentations: [], metricReaders: [], logRecordProcessors: [] });
sdk.start();

const tracer = trace.getTracer('kedge-test', '1.2.3');
const conversation = `conv-${encoding}-${compression}`;
const unicode = 'Gr\u00fc\u00dfe \u{1F680} "quoted"\nsecond line';
const sent = { conversation, spans: [] };

function inSpan(name, kind, attributes, body) {
  const span = tracer.startSpan(name, { kind, attributes });
  const result = body ? context.with(trace.setSpan(context.active(), span), () => body(span)) : null;
  span.end();
  // The SDK begins spans at whole milliseconds: without a pause their order would be lost.
  const until = performance.now() + 3;
  while (performance.now() < until);
  sent.spans.push({
    name, traceId: span.spanContext().traceId, spanId: span.spanContext().spanId,
    parent: span.parentSpanContext?.spanId ?? '', attributes: span.attributes,
    start: span.startTime, end: span.endTime, status: span.status, events: span.events.length,
  });
  return result;
}

const messages = (role, content) => JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);

inSpan('invoke_agent support', SpanKind.INTERNAL, {
  'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'support',
  'gen_ai.conversation.id': conversation,
}, () => {
  inSpan('chat gpt-x', SpanKind.CLIENT, {
    'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-x', 'gen_ai.request.temperature': 0.25,
    'gen_ai.conversation.id': conversation,
    'gen_ai.input.messages': messages('user', unicode),
    'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', finish_reason: 'tool_call',
      parts: [{ type: 'tool_call', id: 'call_1', name: 'get_order', arguments: { order_id: 'W1' } }] }]),
    'gen_ai.usage.input_tokens': 123, 'gen_ai.usage.output_tokens': 45,
    'gen_ai.response.finish_reasons': ['tool_call'],
  });
  inSpan('execute_tool get_order', SpanKind.INTERNAL, {
    'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'get_order',
    'gen_ai.tool.call.id': 'call_1', 'gen_ai.conversation.id': conversation,
    'gen_ai.tool.call.arguments': '{"order_id":"W1"}',
    'gen_ai.tool.call.result': '{"status":"pending","total":12.5}',
    'custom.big': 9007199254740991, 'custom.flag': true, 'custom.list': ['a', 'b'],
  });
  inSpan('execute_tool cancel_order', SpanKind.INTERNAL, {
    'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'cancel_order',
    'gen_ai.tool.call.id': 'call_2', 'gen_ai.conversation.id': conversation,
    'gen_ai.tool.call.arguments': '{"order_id":"W1"}', 'error.type': 'not_allowed',
  }, (span) => {
    span.recordException(new Error('it has shipped'));
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'it has shipped' });
  });
  inSpan('chat gpt-x', SpanKind.CLIENT, {
    'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-x', 'gen_ai.conversation.id': conversation,
    'gen_ai.output.messages': messages('assistant', 'I could not cancel it.'),
    'gen_ai.usage.input_tokens': 200, 'gen_ai.usage.output_tokens': 7,
  });
});

await sdk.shutdown();
console.log(JSON.stringify({ unicode, ...sent, results }));
