// Swaps `main` for a fresh one every two seconds. While the server is away the page stays and says so.
const refresh = async () => {
  try {
    const answer = await fetch('.', { headers: { accept: 'text/html' } });
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    document.querySelector('main').replaceWith(fresh.querySelector('main'));
    document.title = 'Tidecaster';
  } catch {
    document.title = 'Tidecaster (away)';
  }
};
setInterval(() => {
  if (!document.hidden) void refresh();
}, 2000);
