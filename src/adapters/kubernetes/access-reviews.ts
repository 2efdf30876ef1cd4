import { AuthorizationV1Api, type V1SubjectAccessReviewSpec } from '@kubernetes/client-node';
import type { Attributes } from '../../domain/access/attributes.ts';
import type { User } from '../../domain/access/user.ts';
import type { AccessReviews } from '../../ports/access-reviews.ts';
import type { KubernetesClient } from './client.ts';
import { request } from './errors.ts';

/** authorization.k8s.io/v1 SubjectAccessReviews. RBAC: `create` on them, as the cluster's own ClusterRole system:auth-delegator allows. */
export function kubernetesAccessReviews(client: KubernetesClient): AccessReviews {
  const api = new AuthorizationV1Api(client.configuration);
  return {
    async review(user, attributes) {
      const body = { spec: specOf(user, attributes) };
      const { status } = await request('review access', api.createSubjectAccessReview({ body }));
      return { allowed: status?.allowed ?? false, reason: status?.reason ?? '' };
    },
  };
}

function specOf({ name, uid, groups, extra }: User, attributes: Attributes): V1SubjectAccessReviewSpec {
  const { type, ...what } = attributes;
  return {
    user: name,
    uid,
    groups: [...groups],
    extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])),
    ...(type === 'resource' ? { resourceAttributes: what } : { nonResourceAttributes: what }),
  };
}
