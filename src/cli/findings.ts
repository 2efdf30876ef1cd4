import { placeText } from '../domain/errors.ts';
import type { Finding } from '../domain/policy/lint.ts';

/** A finding as editors and CI read it: file:line:column, severity, sentence. */
export const findingLine = ({ severity, place, message }: Finding): string =>
  `${placeText(place)}: ${severity}: ${message}\n`;

export function findingsSummary(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return `${errors} errors, ${findings.length - errors} warnings`;
}

/** 2 with an error, as for any input that is wrong. */
export const findingsExitCode = (findings: readonly Finding[]): number =>
  findings.some(({ severity }) => severity === 'error') ? 2 : 0;
