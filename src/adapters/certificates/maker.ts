import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { CertificateFacts } from '../../domain/certificate-renewal.ts';
import type { CertificateMaker, ServingCertificate } from '../../ports/serving-certificate.ts';
import { type Validity, certificatePem, makeCa, makeServingCert, privateKeyPem } from './issue.ts';
import { pemCertificates } from './pem.ts';

/** Makes certificates in this process and reads them with Node's own parser. */
export const certificateMaker: CertificateMaker = {
  async issue(names, valid) {
    const ca = await makeCa(valid);
    const serving = await makeServingCert(names, valid, ca);
    return {
      certificatePem: certificatePem(serving),
      privateKeyPem: await privateKeyPem(serving),
      caPem: certificatePem(ca),
    };
  },
  inspect,
  bundle: (pem) =>
    pemCertificates(pem).flatMap((text) => {
      const certificate = parsed(text);
      return certificate ? [{ pem: `${text}\n`, notAfter: certificate.validToDate.getTime() }] : [];
    }),
};

/** A pair for a server on loopback that signs itself: its own certificate is what a client is told to trust. */
export async function selfSignedForLoopback(
  valid: Validity,
): Promise<Pick<ServingCertificate, 'certificatePem' | 'privateKeyPem'>> {
  const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'] };
  const pair = await makeServingCert(names, valid, null);
  return { certificatePem: certificatePem(pair), privateKeyPem: await privateKeyPem(pair) };
}

function inspect({ certificatePem, privateKeyPem, caPem }: ServingCertificate): CertificateFacts | null {
  const certificate = parsed(certificatePem);
  if (!certificate) return null;
  const cas = pemCertificates(caPem).flatMap((text) => parsed(text) ?? []);
  return {
    ...alternativeNames(certificate),
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
    signedByCa: cas.some(
      (ca) =>
        ca.ca &&
        certificate.checkIssued(ca) &&
        certificate.verify(ca.publicKey) &&
        ca.validToDate >= certificate.validToDate,
    ),
    keyMatches: matches(certificate, privateKeyPem),
  };
}

function matches(certificate: X509Certificate, privateKeyPem: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(privateKeyPem));
  } catch {
    return false; // not a key
  }
}

function parsed(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}

/** Node gives "DNS:a.b.svc, IP Address:127.0.0.1". */
function alternativeNames({ subjectAltName = '' }: X509Certificate): { dnsNames: string[]; ipAddresses: string[] } {
  const entries = subjectAltName.split(', ');
  const those = (prefix: string): string[] =>
    entries.filter((entry) => entry.startsWith(prefix)).map((entry) => entry.slice(prefix.length));
  return { dnsNames: those('DNS:'), ipAddresses: those('IP Address:') };
}
