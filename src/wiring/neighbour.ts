import { certificateMaker } from '../adapters/certificates/maker.ts';
import { httpsNeighbour } from '../adapters/neighbour/neighbour.ts';
import { connections } from '../adapters/prometheus/connections.ts';
import { credentialSource } from '../adapters/prometheus/credentials.ts';
import type { Settings } from '../config/settings.ts';
import { InvalidError } from '../domain/errors.ts';
import { ASKED_HEADER, isOurs } from '../domain/neighbour.ts';
import type { CertificateSource } from '../ports/certificate-source.ts';
import type { Neighbour } from '../ports/neighbour.ts';

/** The HPA controller waits for an answer, and holds up other HPAs as long. */
const TIMEOUT_SECONDS = 3;
/** Above the reads that a busy HPA controller sends at a time, so that a slow neighbour holds no more than these. */
export const MOST_IN_FLIGHT = 64;

/** The neighbour that the settings name, over connections and files read as a backend's are; null where they name none. */
export function connectNeighbour(settings: Settings): (Neighbour & { close(): void }) | null {
  const { neighbour: url, neighbourCaFile, neighbourTokenFile } = settings;
  if (url === undefined) return null;
  const pool = connections(MOST_IN_FLIGHT);
  const credentials = credentialSource({
    caFile: neighbourCaFile ?? null,
    clientCertificate: null,
    bearerTokenFile: neighbourTokenFile,
  });
  const neighbour = httpsNeighbour({
    url,
    timeoutSeconds: TIMEOUT_SECONDS,
    askedHeader: ASKED_HEADER,
    credentials,
    pool,
  });
  return { ...neighbour, close: () => pool.close() };
}

/** @throws InvalidError where the neighbour is ourselves, by the names that our certificate is good for */
export async function refuseOurselves(settings: Settings, certificate: CertificateSource): Promise<void> {
  const { neighbour: url, bindAddress: address, securePort: port } = settings;
  if (url === undefined) return;
  const { certificatePem, privateKeyPem } = await certificate.read();
  const facts = certificateMaker.inspect({ certificatePem, privateKeyPem, caPem: '' });
  const names = [...(facts?.dnsNames ?? []), ...(facts?.ipAddresses ?? [])];
  if (isOurs(url, { names, address, port }))
    throw new InvalidError(
      `--neighbour ${url} is this server itself (its certificate is for ${names.join(', ')}), expected another one`,
    );
}
