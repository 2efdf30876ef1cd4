import { once } from 'node:events';
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { certificatePem, makeCa, makeServingCert, privateKeyPem } from '../../src/adapters/certificates/issue.ts';
import { CERTIFICATE_WITHIN } from './bounds.ts';
import { pause } from './pause.ts';
import { put } from './reloading.ts';

/** seen: certificates that were shown in time. late: those that were not. */
export type Rotated = { seen: number; late: number };

export type Serving = { address: string; port: number; certFile: string; keyFile: string };

const VALID = { from: new Date(), days: 1 };

/** Another serving certificate of another CA, in its two files: one after the other, as files are. Its SHA-256. */
export async function putCertificate({ address, certFile, keyFile }: Serving): Promise<string> {
  const names = { dnsNames: ['localhost'], ipAddresses: [address] };
  const pair = await makeServingCert(names, VALID, await makeCa(VALID));
  const certificate = certificatePem(pair);
  put(keyFile, await privateKeyPem(pair));
  put(certFile, certificate);
  return new X509Certificate(certificate).fingerprint256;
}

/** Rotates it until the run is over, and looks whether new connections see the new one in time. */
export async function rotateServing(serving: Serving, rotated: Rotated, over: AbortSignal): Promise<void> {
  while (await pause(3000, over)) {
    const fingerprint = await putCertificate(serving);
    const deadline = performance.now() + CERTIFICATE_WITHIN * 1000;
    while (await pause(500, over)) {
      const seen = (await shown(serving)) === fingerprint;
      if (seen) rotated.seen++;
      else if (performance.now() > deadline) rotated.late++;
      else continue;
      break;
    }
  }
}

/** The SHA-256 of the certificate that a new connection sees. */
async function shown({ address, port }: Serving): Promise<string | undefined> {
  const socket = connect({ host: address, port, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerX509Certificate()?.fingerprint256;
  } finally {
    socket.destroy();
  }
}
