/** Who the hub takes somebody for, at this instant: the answer of `GET /v1/my/profile`. */
export interface Profile {
  readonly subject: string;
  readonly name: string | null;
  /** Empty for somebody who holds no post, such as a leaver. */
  readonly posts: readonly Post[];
  readonly purposes: readonly string[];
  /** Recorded time. */
  readonly at: string;
}

export interface Post {
  readonly organisation: string;
  readonly organisationName: string;
  readonly organisationKind: string;
  readonly service: string;
  readonly role: string;
  readonly team: string | null;
}
