import { InvalidError } from './errors.ts';
import type { Requirement } from './rules/selector.ts';

/** The request header that carries the ids of the neighbours that a read came through, joined by commas. */
export const ASKED_HEADER = 'tidecaster-asked';

/** Ids of a header; what is none is left out, and so is what no chain of servers is long enough for. */
export const askedOf = (header: string): string[] =>
  header
    .split(',')
    .filter((id) => /^[0-9a-f]{16}$/.test(id))
    .slice(0, 32);

/** Where we are reached ourselves. names: of our serving certificate. address, port: that we listen at. */
export type OurAddress = { names: readonly string[]; address: string; port: number };

/** Is this the address of the one who would ask? The name is enough: whatever our certificate is good for is us. */
export function isOurs(url: string, { names, address, port }: OurAddress): boolean {
  const { hostname, port: given } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const local = (name: string): boolean => name === 'localhost' || name === '::1' || name.startsWith('127.');
  if (local(host)) return Number(given || 443) === port && (host === address || names.includes(host));
  return host === address || names.some((name) => name.toLowerCase() === host);
}

/** A metric goes into a path: what cannot be one segment of one is refused, as apimachinery does. @throws InvalidError */
export function checkSegment(metric: string): void {
  if (metric !== '.' && metric !== '..' && !/[/%]/.test(metric)) return;
  throw new InvalidError(`the metric ${JSON.stringify(metric)} is no name, expected neither "/" nor "%" in it`);
}

/**
 * May a rule of ours answer this selector? A label whose name Prometheus cannot have, such as scaledobject.keda.sh/name, can
 * select nothing there.
 */
export const mayBeOurs = (requirements: readonly Requirement[]): boolean =>
  requirements.every(({ key }) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(key));
