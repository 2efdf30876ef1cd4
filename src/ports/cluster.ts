import type { HpaState } from '../domain/hpa/hpa-state.ts';
import type { FloorWrite } from '../domain/decision.ts';

/** The HPAs of a cluster, as far as the governor needs them. Real: adapters/kubernetes. In memory: adapters/model. */
export interface Cluster {
  /** All HPAs that we may see. @throws UnavailableError, ForbiddenError */
  hpas(): Promise<HpaState[]>;

  /**
   * Server-side apply of spec.minReplicas and the restore annotation under our field manager, by force and with
   * metadata.uid, so that it never creates. @throws NotFoundError, ConflictError (uid moved), InvalidError, UnavailableError
   */
  applyFloor(floor: FloorWrite): Promise<void>;

  /**
   * Gives the field back: writes the restore value, then removes our annotation and our entry from metadata.managedFields
   * by one JSON patch, so that the value stays and the next manager takes it without a conflict.
   * @throws NotFoundError, ConflictError, UnavailableError
   */
  handBack(floor: FloorWrite): Promise<void>;
}
