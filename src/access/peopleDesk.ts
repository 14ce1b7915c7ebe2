import type { PersonId } from '../core/model.js';
import type { PeopleState } from '../core/peopleStates.js';
import type { PageEdge } from '../store/directory.js';
import { setHands } from './hands.js';
import type { HandsWish } from './hands.js';
import { decideDrift } from './decideDrift.js';
import type { DriftWish } from './decideDrift.js';
import type { Recorded } from './follow.js';
import { manage } from './manage.js';
import type { ManageOutcome, ManageWish } from './manage.js';
import { overview } from './overview.js';
import type { Overview } from './overview.js';
import type { Parts, Standing } from './parts.js';
import { peoplePage } from './peoplePage.js';
import type { PeoplePage } from './peoplePage.js';
import { portrait } from './portrait.js';
import type { Portrait } from './portrait.js';
import { rehearseManage } from './rehearse.js';
import type { PlexChange } from './rehearse.js';
import { removePerson } from './removePerson.js';
import type { RemoveOutcome, RemoveWish } from './removePerson.js';
import type { Told } from './tell.js';

/** Looking at people and looking after them, bound like `Access`. */
export class PeopleDesk {
  constructor(
    private readonly parts: Parts,
    private readonly standing: Standing,
  ) {}

  /** One page of people in a state, whose names contain what is searched for. */
  page(asked: {
    readonly state: PeopleState;
    readonly search: string;
    readonly edge: PageEdge | null;
  }): Promise<PeoplePage> {
    return peoplePage(this.parts, this.standing, asked);
  }

  overview(): Promise<Overview> {
    return overview(this.parts, this.standing);
  }

  /** Everything about one person, gone or not, by id or by what was typed. */
  portrait(person: PersonId | string): Promise<Portrait> {
    return portrait(this.parts, this.standing, person);
  }

  /** What Plex would be sent by these changes; null: somebody else changed the person meanwhile. */
  rehearse(wish: ManageWish): Promise<readonly PlexChange[] | null> {
    return rehearseManage(this.parts, this.standing, wish);
  }

  /** Makes changes of one person, all or none. */
  manage(wish: ManageWish): Promise<ManageOutcome> {
    return manage(this.parts, this.standing, wish);
  }

  /** Lets go of a person, or looks after them again. */
  setHands(wish: HandsWish): Promise<Told> {
    return setHands(this.parts, this.standing, wish);
  }

  /** Adopts, reverts or ignores what Plex shows and nobody ordered. */
  decideDrift(wish: DriftWish): Promise<Recorded> {
    return decideDrift(this.parts, this.standing, wish);
  }

  /** Removes a friend from Plex, after showing what that ends. */
  remove(wish: RemoveWish): Promise<RemoveOutcome> {
    return removePerson(this.parts, this.standing, wish);
  }
}
