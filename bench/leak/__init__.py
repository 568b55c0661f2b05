"""An open suite of cross-patient injections: who learns what of another patient, through which gateway.

Everything in it is invented and written here: the hospital, the injections, the models that obey them.
"""
