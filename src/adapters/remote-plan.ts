import axios from 'axios';
import { UnavailableError } from '../domain/errors.ts';
import type { PlanView } from '../domain/plan-view.ts';

/** What the last pass of a running server decided: GET URL/api/v1/plan. @throws UnavailableError */
export async function remotePlan(url: string): Promise<PlanView> {
  const address = new URL('api/v1/plan', url.endsWith('/') ? url : `${url}/`).href;
  try {
    const answer = await axios.get<PlanView>(address, { timeout: 5000, maxRedirects: 0 });
    if (Array.isArray(answer.data.decisions)) return answer.data;
  } catch (cause) {
    throw new UnavailableError(`no plan from ${address}: expected a running server's page address`, { cause });
  }
  throw new UnavailableError(`what answers at ${address} is no Tidecaster`);
}
