/** States of a state graph, unless the user says otherwise: more no tool draws so that anybody can read it. */
export const defaultDrawnStates = 500;
