import { decisionRaceSuite } from '../support/journeys/decision-race-suite.js';

decisionRaceSuite('first half');
