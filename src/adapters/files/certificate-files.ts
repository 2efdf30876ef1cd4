import { readFile } from 'node:fs/promises';
import { UnavailableError, describeError } from '../../domain/errors.ts';
import type { CertificateSource } from '../../ports/certificate-source.ts';

export type CertificateFiles = { certFile: string; keyFile: string };

/** A certificate and its key in two PEM files, read anew at each call: cert-manager and the kubelet replace them. */
export function certificateFiles({ certFile, keyFile }: CertificateFiles): CertificateSource {
  return {
    async read() {
      const [certificatePem, privateKeyPem] = await Promise.all([pem(certFile), pem(keyFile)]);
      return { certificatePem, privateKeyPem };
    },
  };
}

async function pem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UnavailableError(`${file} cannot be read: ${describeError(cause)}`, { cause });
  }
}
