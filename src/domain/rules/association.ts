import { InvalidError } from '../errors.ts';
import { type ApiResource, type GroupResource, findResource, groupResourceText, isRootScoped } from './api-resource.ts';
import { type LabelTemplate, labelNamed, namedAfter, parseLabelTemplate } from './label-template.ts';
import type { RuleResources } from './namespace-label.ts';

/** `resources` of an entry of `rules`: which label of a series names which object. */
export type ResourceLabels = {
  /** In the file's order. */
  overrides: readonly ({ label: string } & GroupResource)[];
  template: LabelTemplate | null;
};

/**
 * `namespaced` is not looked at: prometheus-adapter reads it for external metrics alone.
 *
 * @throws InvalidError where no label is named at all, so that the rule could never serve anything
 */
export function parseResourceLabels({ overrides, template }: RuleResources): ResourceLabels {
  const labels = Object.entries(overrides).map(([label, { group = '', resource }]) => ({ label, group, resource }));
  if (labels.length === 0 && template === '') {
    throw new InvalidError(
      'no label is named that holds an object, so that the rule serves nothing: write resources: ' +
        '{overrides: {<label>: {resource: pod}}}, or {template: <<.Resource>>}',
    );
  }
  return { overrides: labels, template: template === '' ? null : parseLabelTemplate(template) };
}

/** ResourceLabels in one cluster, whose resources are known. */
export type Association = {
  /** What a label names: an object of a resource, or nothing. skipped: it is named like one that the cluster has not. */
  meaningOf(label: string): { type: 'resource'; resource: ApiResource } | { type: 'none' } | { type: 'skipped' };
  /** The label that names objects of a resource; null where the rule has none for it. */
  labelOf(resource: ApiResource): string | null;
};

/**
 * Overrides come before the template. Two override labels for one resource: the first in the file is asked by
 * (prometheus-adapter takes either, by chance).
 */
export function associate({ overrides, template }: ResourceLabels, resources: readonly ApiResource[]): Association {
  const byLabel = new Map<string, ReturnType<Association['meaningOf']>>();
  const labels = new Map<string, string>();
  for (const override of overrides) {
    const resource = findResource(resources, override);
    byLabel.set(override.label, resource ? { type: 'resource', resource } : { type: 'skipped' });
    if (resource && !labels.has(groupResourceText(resource))) labels.set(groupResourceText(resource), override.label);
  }

  function byTemplate(label: string): ReturnType<Association['meaningOf']> {
    const named = template && namedAfter(template, label);
    if (!named) return { type: 'none' };
    const resource = findResource(resources, named);
    return resource ? { type: 'resource', resource } : { type: 'skipped' };
  }

  return {
    meaningOf(label) {
      const known = byLabel.get(label) ?? byTemplate(label);
      byLabel.set(label, known);
      return known;
    },
    labelOf(resource) {
      const override = labels.get(groupResourceText(resource));
      if (override !== undefined) return override;
      return template && labelNamed(template, { group: resource.group, resource: resource.singular });
    },
  };
}

/**
 * The resources that a series says something of, by its labels, and whether it says it within a namespace. prometheus-adapter
 * asks no namespace label for that: any label does that names no node, volume or namespace.
 */
export function resourcesOf(association: Association, labels: readonly string[]): SeriesResources {
  const meanings = labels.map((label) => association.meaningOf(label));
  return {
    resources: meanings.flatMap((meaning) => (meaning.type === 'resource' ? [meaning.resource] : [])),
    namespaced: meanings.some(
      (meaning) => meaning.type === 'none' || (meaning.type === 'resource' && !isRootScoped(meaning.resource)),
    ),
  };
}

export type SeriesResources = { resources: readonly ApiResource[]; namespaced: boolean };
