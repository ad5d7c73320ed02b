"""Who gets in: the second factor of the staff, how long a session lasts, and lockout after wrong passwords."""
