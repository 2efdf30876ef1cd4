import type { V1ManagedFieldsEntry } from '@kubernetes/client-node';
import { fields } from './json-fields.ts';

/**
 * The field manager that wrote spec.caBundle of an APIService last; null where nobody did. A writer that changes a field takes it
 * from those who had it, so that several have it only where they agree.
 */
export function bundleWriter(managers: readonly V1ManagedFieldsEntry[]): string | null {
  const writers = managers.filter(({ fieldsV1 }) => 'f:caBundle' in fields(fields(fieldsV1)['f:spec']));
  const last = writers.toSorted((a, b) => timeOf(b) - timeOf(a))[0];
  return last?.manager ?? null;
}

/** A Date where client-node has decoded the object, else text. */
const timeOf = ({ time }: { time?: Date | string }): number => (time === undefined ? 0 : new Date(time).getTime());
