import type { Behavior } from './behavior.ts';
import type { Milli } from './int.ts';

/** What the controller reads of an HPA's spec. */
export type HpaSpec = {
  namespace: string;
  minReplicas: number;
  maxReplicas: number;
  metrics: readonly MetricSpec[];
  /** null: no behavior in the spec, which is not the same as its defaults. */
  behavior: Behavior | null;
};

export type MetricSpec =
  | { type: 'External'; metric: MetricIdentifier; target: ValueTarget | AverageValueTarget }
  | {
      type: 'Object';
      metric: MetricIdentifier;
      describedObject: { kind: string; name: string };
      target: ValueTarget | AverageValueTarget;
    }
  | { type: 'Pods'; metric: MetricIdentifier; target: AverageValueTarget }
  | { type: 'Resource'; name: string; target: AverageValueTarget | UtilizationTarget };

/** selector: matchLabels; null where the spec has none. */
export type MetricIdentifier = { name: string; selector: Readonly<Record<string, string>> | null };

export type ValueTarget = { type: 'Value'; value: Milli };
export type AverageValueTarget = { type: 'AverageValue'; averageValue: Milli };
/** Percent of the pods' requests. */
export type UtilizationTarget = { type: 'Utilization'; averageUtilization: number };

/** Only these two can be read without a pod, so only they allow minReplicas 0. */
export const hasObjectOrExternalMetric = ({ metrics }: HpaSpec): boolean =>
  metrics.some(({ type }) => type === 'External' || type === 'Object');

/** A selector as the controller prints it into reasons and errors (Go's %+v of a LabelSelector). */
export function selectorText({ selector }: MetricIdentifier): string {
  if (!selector) return 'nil';
  const labels = Object.keys(selector)
    .toSorted()
    .map((key) => `${key}: ${selector[key]},`);
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join('')}},MatchExpressions:[]LabelSelectorRequirement{},}`;
}
