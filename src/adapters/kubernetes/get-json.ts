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
export function getJson(client: KubernetesClient, doing: string, get: Get, signal?: AbortSignal): Promise<unknown> {
  return request(doing, json(client, get, signal));
}

async function json(client: KubernetesClient, get: Get, signal?: AbortSignal): Promise<unknown> {
  const { body } = await respond(client, get, signal);
  return JSON.parse(await body.text());
}

/**
 * The answer to a GET, its body not read yet. signal: ends it at any time, instead of the client's deadline.
 *
 * @throws ApiException, or what the network throws
 */
export async function respond(client: KubernetesClient, get: Get, signal?: AbortSignal): Promise<ResponseContext> {
  const { baseServer, authMethods, middleware, httpApi } = client.configuration;
  const { path, accept, query = {} } = get;
  let context: RequestContext = baseServer.makeRequestContext(path, 'GET');
  context.setHeaderParam('Accept', accept);
  for (const [name, value] of Object.entries(query)) if (value !== '') context.setQueryParam(name, value);
  await authMethods.default?.applySecurityAuthentication(context);
  for (const { pre } of middleware) context = await pre(context).toPromise();
  if (signal) context.setSignal(signal);
  const response: ResponseContext = await httpApi.send(context).toPromise();
  if (response.httpStatusCode >= 200 && response.httpStatusCode < 300) return response;
  const text = await response.body.text();
  throw new ApiException(response.httpStatusCode, 'not what was asked for', text, response.headers);
}
