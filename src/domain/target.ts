/** What a policy governs: one HorizontalPodAutoscaler. */
export type TargetRef = { namespace: string; name: string };

/** `namespace/name`, the way kubectl prints it; the key of every map over HPAs. */
export const targetKey = ({ namespace, name }: TargetRef): string => `${namespace}/${name}`;
