import 'reflect-metadata';
import { ExtendedKeyUsage, ExtendedKeyUsageExtension, X509CertificateGenerator } from '@peculiar/x509';
import {
  type Pair,
  certificatePem,
  makeCa,
  makeServingCert,
  privateKeyPem,
} from '../../src/adapters/certificates/issue.ts';
import type { KeyPair } from '../../src/ports/certificate-source.ts';

const VALID = { from: new Date(), days: 1 };
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export const aCa = (): Promise<Pair> => makeCa(VALID);

export const pemOf = async (pair: Pair): Promise<KeyPair> => ({
  certificatePem: certificatePem(pair),
  privateKeyPem: await privateKeyPem(pair),
});

/** A serving certificate for loopback, signed by this CA. */
export const aServer = async (ca: Pair): Promise<KeyPair> =>
  pemOf(await makeServingCert({ dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] }, VALID, ca));

/** A certificate with this common name, signed by this CA, by default for a client. */
export async function aClient(
  ca: Pair,
  commonName: string,
  usage: 'clientAuth' | 'serverAuth' = 'clientAuth',
): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [commonName] }],
    issuer: ca.certificate.subject,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: ca.keys.privateKey,
    extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage[usage]])],
  });
  return pemOf({ certificate, keys });
}
