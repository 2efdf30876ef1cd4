import { AuthenticationV1Api } from '@kubernetes/client-node';
import type { TokenReviews } from '../../ports/token-reviews.ts';
import type { KubernetesClient } from './client.ts';
import { request } from './errors.ts';

/** authentication.k8s.io/v1 TokenReviews. RBAC: `create` on them, as the cluster's own ClusterRole system:auth-delegator allows. */
export function kubernetesTokenReviews(client: KubernetesClient): TokenReviews {
  const api = new AuthenticationV1Api(client.configuration);
  return {
    async review(token) {
      const { status } = await request('review a token', api.createTokenReview({ body: { spec: { token } } }));
      if (status?.authenticated !== true) return null;
      const { username = '', uid = '', groups = [], extra = {} } = status.user ?? {};
      return { name: username, uid, groups, extra };
    },
  };
}
