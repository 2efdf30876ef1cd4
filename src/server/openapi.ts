import { createHash } from 'node:crypto';
import type { ApiDescription, Reference } from './openapi-description.ts';

const info = (version: string): object => ({ title: 'Tidecaster', version });

/** GET /openapi/v2: all groups in one document. */
export function openApiV2(apis: readonly ApiDescription[], version: string): object {
  const reference: Reference = (name) => ({ $ref: `#/definitions/${name}` });
  const parameter = (name: string, place: 'path' | 'query'): object => ({
    name,
    in: place,
    ...(place === 'path' && { required: true }),
    type: 'string',
  });
  const paths = apis.flatMap((api) =>
    api.paths.map(({ path, operation, answer, parameters, query }) => [
      path,
      {
        get: {
          ...operation,
          produces: ['application/json'],
          schemes: ['https'],
          parameters: query.map((name) => parameter(name, 'query')),
          responses: { 200: { description: 'OK', schema: reference(answer) } },
        },
        parameters: parameters.map((name) => parameter(name, 'path')),
      },
    ]),
  );
  return {
    swagger: '2.0',
    info: info(version),
    paths: Object.fromEntries(paths),
    definitions: Object.assign({}, ...apis.map(({ schemas }) => schemas(reference))),
  };
}

/** GET /openapi/v3/apis/GROUP/VERSION */
export function openApiV3(api: ApiDescription, version: string): object {
  const reference: Reference = (name) => ({ $ref: `#/components/schemas/${name}` });
  const schema = { type: 'string' };
  const paths = api.paths.map(({ path, operation, answer, parameters, query }) => [
    path,
    {
      get: {
        ...operation,
        parameters: query.map((name) => ({ name, in: 'query', schema })),
        responses: {
          200: { description: 'OK', content: { 'application/json': { schema: reference(answer) } } },
        },
      },
      parameters: parameters.map((name) => ({ name, in: 'path', required: true, schema })),
    },
  ]);
  return {
    openapi: '3.0.0',
    info: info(version),
    paths: Object.fromEntries(paths),
    components: { schemas: api.schemas(reference) },
  };
}

/** GET /openapi/v3: where the documents are. The hash lets the aggregator keep what it has. */
export function openApiV3Index(apis: readonly ApiDescription[], version: string): object {
  const entries = apis.map((api) => {
    const hash = createHash('sha256')
      .update(JSON.stringify(openApiV3(api, version)))
      .digest('hex')
      .toUpperCase();
    const path = `apis/${api.groupVersion}`;
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }];
  });
  return { paths: Object.fromEntries(entries) };
}
