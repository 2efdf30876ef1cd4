import type { RE2JS } from 're2js';
import { InvalidError } from '../errors.ts';
import type { GroupResource } from './api-resource.ts';
import { compileRegex } from './regex.ts';

/** `resources.template` of a rule, such as `kube_<<.Group>>_<<.Resource>>`: how labels are named after resources. */
export type LabelTemplate = { text: string; pattern: RE2JS; groups: { group: number | null; resource: number } };

/**
 * The pattern is what prometheus-adapter makes: the template itself with `(?P<group>.+?)` and `(?P<resource>.+?)` in it, between
 * `^` and `$`. So other text in it is a pattern too, as there.
 *
 * @throws InvalidError where it has no <<.Resource>> or does not make a pattern
 */
export function parseLabelTemplate(text: string): LabelTemplate {
  const raw = renderLabel(text, { group: '(?P<group>.+?)', resource: '(?P<resource>.+?)' });
  const pattern = compileRegex(`^${raw}$`);
  const { group = null, resource } = pattern.namedGroups();
  if (resource === undefined)
    throw new InvalidError(`template "${text}" is not understood, expected <<.Resource>> in it`);
  return { text, pattern, groups: { group, resource } };
}

/** The resource that a label is named after, as far as the name says; null where it is not of this form. */
export function namedAfter({ pattern, groups }: LabelTemplate, label: string): GroupResource | null {
  const matcher = pattern.matcher(label);
  if (!matcher.find()) return null;
  const group = groups.group === null ? '' : (matcher.group(groups.group) ?? '');
  return { group, resource: matcher.group(groups.resource) ?? '' };
}

/** The label for a resource in the singular. Dots and dashes of its group become underscores, which labels may have. */
export const labelNamed = ({ text }: LabelTemplate, { group, resource }: GroupResource): string =>
  renderLabel(text, { group: group.replaceAll(/[.-]/g, '_'), resource });

/** @throws InvalidError for anything but text and the two fields */
export function renderLabel(template: string, { group, resource }: GroupResource): string {
  const label = template
    .replaceAll(/<<\s*\.Resource\s*>>/g, () => resource)
    .replaceAll(/<<\s*\.Group\s*>>/g, () => group);
  if (label.includes('<<') || !template.includes('.Resource')) {
    throw new InvalidError(
      `template "${template}" is not understood, expected text with <<.Resource>> and perhaps <<.Group>>`,
    );
  }
  return label;
}
