/** A form in which a document can be had. parameters: what must stand in the Accept header for it, beside the type. */
export type Offer = { contentType: string; parameters: Readonly<Record<string, string>> };

export const JSON_OFFER: Offer = { contentType: 'application/json', parameters: {} };

/** Kubernetes' aggregated discovery, which kube-aggregator prefers. */
export const DISCOVERY_V2_OFFER: Offer = {
  contentType: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  parameters: { g: 'apidiscovery.k8s.io', v: 'v2', as: 'APIGroupDiscoveryList' },
};

/**
 * The offer that an Accept header likes best, null when it likes none. A wildcard takes the first offer. A range that asks for
 * another kind (`as=Table`, by kubectl) takes only an offer of that kind.
 */
export function chooseOffer(accept: string | undefined, offers: readonly Offer[]): Offer | null {
  if (accept === undefined || accept.trim() === '') return offers[0] ?? null;
  const ranges = accept
    .split(',')
    .map(parseRange)
    .filter(({ quality }) => quality > 0);
  for (const range of ranges.toSorted((a, b) => b.quality - a.quality)) {
    const chosen = offers.find((offer) => matches(range, offer));
    if (chosen) return chosen;
  }
  return null;
}

type MediaRange = { type: string; parameters: ReadonlyMap<string, string>; quality: number };

function parseRange(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map(
    rest.map((part) => {
      const [name = '', value = ''] = part.split('=', 2);
      return [name.trim().toLowerCase(), value.trim()];
    }),
  );
  const quality = Number(parameters.get('q') ?? 1);
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 1 : quality };
}

function matches({ type, parameters }: MediaRange, offer: Offer): boolean {
  const wildcard = type === '*/*' || type === 'application/*';
  if (!wildcard && type !== 'application/json') return false;
  // Of the parameters only these three change what is sent; others, such as charset or profile, are let pass.
  return ['g', 'v', 'as'].every((name) => (parameters.get(name) ?? '') === (offer.parameters[name] ?? ''));
}
