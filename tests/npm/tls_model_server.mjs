// Answers every chat completion over TLS on a free port of the loopback address; prints its URL.
// usage: tls_model_server.mjs KEY.pem CERTIFICATE.pem [CLIENT_CA.pem]
import fs from 'node:fs';
import https from 'node:https';

const [key, cert, clientCa] = process.argv.slice(2).map((file) => fs.readFileSync(file));
const answer = JSON.stringify({
  model: 'm-1',
  choices: [{ message: { content: 'Done.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 40, completion_tokens: 2 },
});
const mutual = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true };
const server = https.createServer({ key, cert, ...mutual }, (request, response) => {
  request.resume();
  request.on('end', () => {
    response.setHeader('Content-Type', 'application/json');
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => console.log(`https://127.0.0.1:${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();
