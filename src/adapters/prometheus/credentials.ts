import { readFile } from 'node:fs/promises';
import { UnavailableError, describeError } from '../../domain/errors.ts';

/** Files that say who we are and whom we trust; null where there is none. */
export type CredentialFiles = {
  caFile: string | null;
  clientCertificate: { certFile: string; keyFile: string } | null;
  bearerTokenFile: string | null;
};

/** tls: PEM as https takes it, the same object as long as nothing in it changed. */
export type Credentials = { token: string | null; tls: Tls };
export type Tls = { ca?: string; cert?: string; key?: string };

export type CredentialSource = {
  /** @throws UnavailableError with the name of a file that cannot be read, never with what stands in one */
  read(): Promise<Credentials>;
};

/** Kubernetes replaces tokens and certificates in place: a change is in force within this. */
const READ_EVERY_MS = 1000;

/** Reads the files again at most once a second. */
export function credentialSource(
  files: CredentialFiles,
  monotonic = (): number => performance.now(),
): CredentialSource {
  let last: { at: number; reading: Promise<Credentials> } | null = null;
  let tls: Tls = {};

  async function readAll(): Promise<Credentials> {
    const { caFile, clientCertificate, bearerTokenFile } = files;
    const next: Tls = {
      ...(caFile !== null && { ca: await text(caFile) }),
      ...(clientCertificate && {
        cert: await text(clientCertificate.certFile),
        key: await text(clientCertificate.keyFile),
      }),
    };
    if (next.ca !== tls.ca || next.cert !== tls.cert || next.key !== tls.key) tls = next;
    return { tls, token: bearerTokenFile === null ? null : await token(bearerTokenFile) };
  }

  return {
    async read() {
      if (last !== null && monotonic() - last.at < READ_EVERY_MS) return last.reading;
      const reading = readAll();
      last = { at: monotonic(), reading };
      // A failure is not kept: the file may be there a moment later.
      reading.catch(() => (last = null));
      return reading;
    },
  };
}

async function token(file: string): Promise<string> {
  const value = (await text(file)).trim();
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new UnavailableError(`${file} holds no bearer token, expected one line of visible ASCII`);
}

async function text(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UnavailableError(`${file} cannot be read: ${describeError(cause)}`, { cause });
  }
}
