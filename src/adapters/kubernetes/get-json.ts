import { ApiException, type RequestContext, type ResponseContext } from '@kubernetes/client-node';
import type { KubernetesClient } from './client.ts';
import { request } from './errors.ts';

/** What of the API server is asked that client-node has no method for. accept: the media type. query: without empty values. */
export type Get = { path: string; accept: string; query?: Readonly<Record<string, string>> };

/**
 * A GET of any path, decoded from JSON and not looked into.
 *
 * @throws what errors.ts makes of a failure; `doing` begins the message
 */
export function getJson(client: KubernetesClient, doing: string, get: Get): Promise<unknown> {
  return request(doing, send(client, get));
}

async function send({ configuration }: KubernetesClient, { path, accept, query = {} }: Get): Promise<unknown> {
  let context: RequestContext = configuration.baseServer.makeRequestContext(path, 'GET');
  context.setHeaderParam('Accept', accept);
  for (const [name, value] of Object.entries(query)) if (value !== '') context.setQueryParam(name, value);
  await configuration.authMethods.default?.applySecurityAuthentication(context);
  for (const { pre } of configuration.middleware) context = await pre(context).toPromise();
  const response: ResponseContext = await configuration.httpApi.send(context).toPromise();
  const text = await response.body.text();
  if (response.httpStatusCode >= 200 && response.httpStatusCode < 300) return JSON.parse(text);
  throw new ApiException(response.httpStatusCode, 'not what was asked for', text, response.headers);
}
