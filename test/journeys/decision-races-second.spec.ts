import { decisionRaceSuite } from '../support/journeys/decision-race-suite.js';

decisionRaceSuite('second half');
