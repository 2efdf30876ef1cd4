/** The yardstick: a Node TLS server that answers constant bytes to anything. Arguments: address, port, bytes of the body. */
import { createServer } from 'node:https';
import { selfSignedForLoopback } from '../../../src/adapters/certificates/maker.ts';

const [address = '', port = '', bytes = ''] = process.argv.slice(2);
const { certificatePem, privateKeyPem } = await selfSignedForLoopback({ from: new Date(), days: 1 });
const body = Buffer.alloc(Number(bytes), 'x');
const headers = { 'content-type': 'application/json', 'content-length': body.length };
createServer({ cert: certificatePem, key: privateKeyPem }, (_request, response) => {
  response.writeHead(200, headers);
  response.end(body);
}).listen(Number(port), address);
process.on('SIGTERM', () => process.exit());
