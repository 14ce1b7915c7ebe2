export const access = 'what Usher can do';
