import type { LiveRead } from '../domain/compare/live-read.ts';
import { InvalidError } from '../domain/errors.ts';
import { canonicalSelector } from '../domain/rules/canonical-selector.ts';
import { type Requirement, parseSelector } from '../domain/rules/selector.ts';
import type { MetricWant } from '../ports/metric-wants.ts';

/** What somebody wants to read, again and again: a key of demand. */
export type Want = ExternalWant | CustomWant;

/** metric: in lower case, as client-go sends it. */
export type ExternalWant = {
  type: 'external';
  namespace: string;
  metric: string;
  requirements: readonly Requirement[];
};

/**
 * namespace: null for what is root-scoped. resource: as the path names it. object: a name, or `*` for those that labelSelector
 * selects; labelSelector: null where it is not known, because an HPA names it on its target alone; '' beside a name.
 */
export type CustomWant = {
  type: 'custom';
  namespace: string | null;
  resource: string;
  object: string;
  labelSelector: string | null;
  metric: string;
  requirements: readonly Requirement[];
};

/** Equal for equal wants, whatever the spelling of their selectors. No part of it can hold the line's end that parts them. */
export function keyOf(want: Want): string {
  const selector = canonicalSelector(want.requirements);
  if (want.type === 'external') return `e\n${want.namespace}\n${want.metric}\n${selector}`;
  const { namespace, resource, object, labelSelector, metric } = want;
  return `c\n${namespace ?? ''}\n${resource}\n${object}\n${labelSelector ?? '\t'}\n${metric}\n${selector}`;
}

/** The want of an HPA that may read this one: of objects that no selector tells. */
export const ofAnySelector = (want: CustomWant): CustomWant => ({ ...want, labelSelector: null });

/** What an HPA names; null where its selector does not parse, so that no read of it can ever be answered. */
export function wantOfHpa(named: MetricWant): Want | null {
  try {
    if (named.type === 'external') {
      const { namespace, metric, selector } = named;
      return { type: 'external', namespace, metric: metric.toLowerCase(), requirements: parseSelector(selector) };
    }
    const { namespace, resource, object, metric, metricLabelSelector } = named;
    const requirements = parseSelector(metricLabelSelector);
    const labelSelector = object === '*' ? null : '';
    return { type: 'custom', namespace, resource, object, labelSelector, metric, requirements };
  } catch (error) {
    if (error instanceof InvalidError) return null;
    throw error;
  }
}

/** As a path and its query name it; null for what an HPA names of its target's pods, whose selector comes with the reads alone. */
export function readOf(want: Want): LiveRead | null {
  const selector = canonicalSelector(want.requirements);
  if (want.type === 'external') {
    const { type, namespace, metric } = want;
    return { type, namespace, metric, selector };
  }
  const { requirements: _parsed, labelSelector, ...named } = want;
  if (labelSelector === null && want.object === '*') return null;
  return { ...named, labelSelector: labelSelector ?? '', metricLabelSelector: selector };
}
