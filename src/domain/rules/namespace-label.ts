import { InvalidError } from '../errors.ts';
import { renderLabel } from './label-template.ts';

/** `resources` of a rule, as far as external metrics use it. */
export type RuleResources = {
  namespaced: boolean;
  /** Label -> the resource that it names, in the file's order. */
  overrides: Readonly<Record<string, { group?: string | undefined; resource: string }>>;
  /** A label for every resource, such as `kube_<<.Group>>_<<.Resource>>`. */
  template: string;
};

/**
 * The label that holds the namespace: an override's, else the template's; null for `namespaced: false`.
 *
 * @throws InvalidError where the rule is namespaced and no label is named: each read of it would fail
 */
export function namespaceLabel({ namespaced, overrides, template }: RuleResources): string | null {
  const fromTemplate = template === '' ? null : renderLabel(template, { group: '', resource: 'namespace' });
  if (!namespaced) return null;
  const override = Object.entries(overrides).find(
    ([, { group = '', resource }]) => group === '' && /^namespaces?$/i.test(resource),
  );
  const label = override?.[0] ?? fromTemplate;
  if (label !== null) return label;
  throw new InvalidError(
    'namespaced is true (also when left out), but no label is named that holds the namespace: write resources: ' +
      '{overrides: {<label>: {resource: namespace}}}, or {namespaced: false} to answer every namespace alike',
  );
}
