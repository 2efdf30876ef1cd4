import { describe, expect, it } from '@jest/globals';
import { attributesOf, broadened, forbiddenText } from '../../../src/domain/access/attributes.ts';

const EXTERNAL = 'apis/external.metrics.k8s.io/v1beta1';
const CUSTOM = 'apis/custom.metrics.k8s.io/v1beta2';

/** verb group/version namespace resource/subresource name */
const text = (method: string, path: string): string => {
  const attributes = attributesOf(method, path.split('/'));
  if (attributes.type === 'path') return `${attributes.verb} ${attributes.path}`;
  const { verb, group, version, namespace, resource, subresource, name } = attributes;
  return `${verb} ${group}/${version} ns=${namespace} ${resource}/${subresource} name=${name}`;
};

describe('the right that a request takes', () => {
  it.each([
    ['GET', `${EXTERNAL}/namespaces/shop/orders`, 'list external.metrics.k8s.io/v1beta1 ns=shop orders/ name='],
    ['HEAD', `${EXTERNAL}/namespaces/shop/orders`, 'list external.metrics.k8s.io/v1beta1 ns=shop orders/ name='],
    ['POST', `${EXTERNAL}/namespaces/shop/orders`, 'create external.metrics.k8s.io/v1beta1 ns=shop orders/ name='],
    [
      'DELETE',
      `${EXTERNAL}/namespaces/shop/orders`,
      'deletecollection external.metrics.k8s.io/v1beta1 ns=shop orders/ name=',
    ],
    ['GET', `${CUSTOM}/namespaces/shop/pods/*/orders`, 'get custom.metrics.k8s.io/v1beta2 ns=shop pods/orders name=*'],
    [
      'GET',
      `${CUSTOM}/namespaces/shop/metrics/orders`,
      'get custom.metrics.k8s.io/v1beta2 ns=shop metrics/ name=orders',
    ],
    ['GET', `${CUSTOM}/nodes/n1/load`, 'get custom.metrics.k8s.io/v1beta2 ns= nodes/load name=n1'],
    [
      'GET',
      `${CUSTOM}/namespaces/shop/status`,
      'get custom.metrics.k8s.io/v1beta2 ns=shop namespaces/status name=shop',
    ],
    ['GET', `${CUSTOM}/watch/nodes/n1`, 'watch custom.metrics.k8s.io/v1beta2 ns= nodes/ name=n1'],
    ['GET', 'apis/metrics.k8s.io/v1beta1/nodes', 'list metrics.k8s.io/v1beta1 ns= nodes/ name='],
    [
      'GET',
      'apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/web-1',
      'get metrics.k8s.io/v1beta1 ns=shop pods/ name=web-1',
    ],
    ['GET', EXTERNAL, `get /${EXTERNAL}`],
    ['GET', 'apis', 'get /apis'],
    ['HEAD', 'openapi/v2', 'head /openapi/v2'],
    ['POST', 'version', 'post /version'],
  ])('%s /%s is "%s"', (method, path, right) => {
    expect(text(method, path)).toBe(right);
  });

  it('is broadened to every resource of the group in every namespace', () => {
    expect(broadened(attributesOf('GET', `${CUSTOM}/namespaces/shop/pods/*/orders`.split('/')))).toEqual({
      type: 'resource',
      verb: 'get',
      group: 'custom.metrics.k8s.io',
      version: 'v1beta2',
      namespace: '',
      resource: '*',
      subresource: '',
      name: '',
    });
    expect(broadened(attributesOf('GET', ['apis']))).toBeNull();
  });
});

describe('the sentence for who may not', () => {
  const user = { name: 'jane', uid: '', groups: [], extra: {} };
  it.each([
    [
      `${EXTERNAL}/namespaces/shop/orders`,
      '',
      'orders.external.metrics.k8s.io is forbidden: User "jane" cannot list resource "orders" in API group "external.metrics.k8s.io" in the namespace "shop"',
    ],
    [
      `${CUSTOM}/nodes/n1/load`,
      'no rule',
      'nodes.custom.metrics.k8s.io "n1" is forbidden: User "jane" cannot get resource "nodes/load" in API group "custom.metrics.k8s.io" at the cluster scope: no rule',
    ],
    ['<b>', '', 'forbidden: User "jane" cannot get path "/&lt;b&gt;"'],
  ])('is as kube-apiserver says it: %s', (path, reason, sentence) => {
    expect(forbiddenText(user, attributesOf('GET', path.split('/')), reason)).toBe(sentence);
  });
});
