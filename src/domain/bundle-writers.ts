/** `tidecaster certs`, cert-manager, and the tools that people apply objects with. */
const EXPECTED = /^(tidecaster-certs|cainjector|cert-manager|kubectl|helm|argocd|kustomize-controller|git)/;

/**
 * Is this field manager one that may write the caBundle of our APIServices? Another, such as KEDA's operator, puts in a CA that does
 * not vouch for us.
 */
export const mayWriteBundle = (manager: string): boolean => EXPECTED.test(manager);
