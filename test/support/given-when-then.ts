/** How a decider folds and decides. */
export interface Decider<State, Event, Command, Decision> {
  readonly initialState: State;
  readonly evolve: (state: State, event: Event) => State;
  readonly decide: (state: State, command: Command) => Decision;
}

/** A specification that reads as the story: `given([filed]).when(sentAgain).then({ kind: 'already-filed' })`. */
export const specification = <State, Event, Command, Decision>(decider: Decider<State, Event, Command, Decision>) => ({
  given: (events: readonly Event[]) => ({
    when: (command: Command) => ({
      then: (expected: Decision): void => {
        const state = events.reduce(decider.evolve, decider.initialState);
        expect(decider.decide(state, command)).toEqual(expected);
      },
    }),
  }),
});
