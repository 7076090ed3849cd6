from ..routes import Routes

routes = Routes()
