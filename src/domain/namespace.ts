import { InvalidError } from './errors.ts';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * The namespace of a read goes into PromQL and into a neighbour's path, so it is checked, though an API server lets no other
 * through. @throws InvalidError
 */
export function checkNamespace(namespace: string): void {
  if (DNS_LABEL.test(namespace)) return;
  throw new InvalidError(
    `the namespace ${JSON.stringify(namespace)} is not one, expected at most 63 of a-z, 0-9 and "-"`,
  );
}
